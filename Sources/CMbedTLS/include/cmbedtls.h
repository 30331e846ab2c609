// mbedTLS 2.28 and 3.6 behind one set of names. No logic.
#ifndef CMBEDTLS_H
#define CMBEDTLS_H

#include <mbedtls/sha512.h>

#endif
