// Files of their own that the binary carries. Read by index, so that no pointer leaves C. No logic.
#ifndef CUV_ASSETS_H
#define CUV_ASSETS_H

#include <stddef.h>
#include <stdint.h>

// install.sh and install.ps1: what `config install` prints once the balance is filled in.
ptrdiff_t cuv_install_script_size(int is_windows);
uint8_t cuv_install_script_byte(int is_windows, ptrdiff_t index);

#endif
