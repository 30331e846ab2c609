// What the files here share. Not for Swift.
#ifndef TLS_INTERNAL_H
#define TLS_INTERNAL_H

#include "cmbedtls_tls.h"

#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/version.h>

struct cm_config {
    mbedtls_ssl_config config;
    mbedtls_ssl_ticket_context tickets;
    int is_server;
};

#endif
