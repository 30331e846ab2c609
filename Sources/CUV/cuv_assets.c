#include "cuv_assets.h"

// #embed is C23; clang has it in every mode and says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t install_sh[] = {
#embed "install.sh"
};

static const uint8_t install_ps1[] = {
#embed "install.ps1"
};

ptrdiff_t cuv_install_script_size(int is_windows) {
    return is_windows ? (ptrdiff_t)sizeof install_ps1 : (ptrdiff_t)sizeof install_sh;
}

uint8_t cuv_install_script_byte(int is_windows, ptrdiff_t index) {
    return is_windows ? install_ps1[index] : install_sh[index];
}
