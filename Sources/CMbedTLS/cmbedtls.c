#include "cmbedtls.h"
