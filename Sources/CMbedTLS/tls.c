#include "tls_internal.h"

#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct cm_certificates {
    mbedtls_x509_crt first;
};
struct cm_key {
    mbedtls_pk_context key;
};

// The kernel's generator: nothing of it lies in this process, so nothing has to be seeded or wiped.
static int random_bytes(void *unused, unsigned char *bytes, size_t count) {
    (void)unused;
    while (count > 0) {
        ssize_t got = getrandom(bytes, count, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
        bytes += got;
        count -= (size_t)got;
    }
    return 0;
}

// 3.6 computes TLS 1.3 and some of X.509 through PSA, which has to be started once.
static void start_crypto(void) {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    psa_crypto_init();
#endif
}

int cm_has_aes(void) {
#if defined(__x86_64__)
    // (`__builtin_cpu_supports` would link 5 KiB of names for processors.)
    unsigned a, b, features = 0, d;
    return __get_cpuid(1, &a, &b, &features, &d) && features & bit_AES && features & bit_PCLMUL;
#elif defined(__aarch64__) && MBEDTLS_VERSION_NUMBER >= 0x03040000
    return 1;
#else
    return 0;
#endif
}

// MARK: Certificates and keys

cm_certificates *cm_certificates_new(void) {
    start_crypto();
    cm_certificates *made = calloc(1, sizeof *made);
    if (made) mbedtls_x509_crt_init(&made->first);
    return made;
}
void cm_certificates_free(cm_certificates *certificates) {
    if (!certificates) return;
    mbedtls_x509_crt_free(&certificates->first);
    free(certificates);
}
int cm_certificates_add(cm_certificates *certificates, const void *text, size_t count) {
    return mbedtls_x509_crt_parse(&certificates->first, text, count);
}
int cm_certificates_date_faults(const cm_certificates *certificates) {
    return (mbedtls_x509_time_is_past(&certificates->first.valid_to) ? CM_FAULT_EXPIRED : 0)
           | (mbedtls_x509_time_is_future(&certificates->first.valid_from) ? CM_FAULT_NOT_YET_VALID : 0);
}

cm_key *cm_key_new(void) {
    start_crypto();
    cm_key *made = calloc(1, sizeof *made);
    if (made) mbedtls_pk_init(&made->key);
    return made;
}
void cm_key_free(cm_key *key) {
    if (!key) return;
    mbedtls_pk_free(&key->key);
    free(key);
}
int cm_key_parse(cm_key *key, const void *text, size_t count) {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    return mbedtls_pk_parse_key(&key->key, text, count, NULL, 0, random_bytes, NULL);
#else
    return mbedtls_pk_parse_key(&key->key, text, count, NULL, 0);
#endif
}
int cm_key_matches(cm_key *key, const cm_certificates *certificates) {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    return mbedtls_pk_check_pair(&certificates->first.pk, &key->key, random_bytes, NULL);
#else
    return mbedtls_pk_check_pair(&certificates->first.pk, &key->key);
#endif
}

// MARK: What may be negotiated

// Forward secrecy and authenticated encryption only.
#define AES_SUITES                                                                                  \
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, \
        MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
#define CHACHA_SUITES                                       \
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, \
        MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#define AES_SUITES_13 MBEDTLS_TLS1_3_AES_128_GCM_SHA256, MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
#define CHACHA_SUITES_13 MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
#else
#define AES_SUITES_13
#define CHACHA_SUITES_13
#endif
static const int aes_first[] = {AES_SUITES_13 CHACHA_SUITES_13 AES_SUITES, CHACHA_SUITES, 0};
static const int chacha_first[] = {CHACHA_SUITES_13 AES_SUITES_13 CHACHA_SUITES, AES_SUITES, 0};

// P-256 first: half the cost of the default order's P-521 or Curve25519 in this library.
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
static const uint16_t groups[] = {
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};
#else
static const mbedtls_ecp_group_id groups[] = {
    MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP384R1,
    MBEDTLS_ECP_DP_SECP521R1, MBEDTLS_ECP_DP_NONE};
#endif

static const char *protocols[] = {"http/1.1", NULL};

static cm_config *config_new(int endpoint) {
    start_crypto();
    cm_config *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    mbedtls_ssl_config_init(&made->config);
    mbedtls_ssl_ticket_init(&made->tickets);
    made->is_server = endpoint == MBEDTLS_SSL_IS_SERVER;
    mbedtls_ssl_config *config = &made->config;
    if (mbedtls_ssl_config_defaults(
            config, endpoint, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT) != 0
        || mbedtls_ssl_conf_alpn_protocols(config, protocols) != 0) {
        cm_config_free(made);
        return NULL;
    }
    mbedtls_ssl_conf_rng(config, random_bytes, NULL);
    mbedtls_ssl_conf_ciphersuites(config, cm_has_aes() ? aes_first : chacha_first);
    mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_groups(config, groups);
#else
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_curves(config, groups);
#endif
    return made;
}

cm_config *cm_config_server(cm_certificates *chain, cm_key *key, uint32_t ticket_seconds) {
    cm_config *made = config_new(MBEDTLS_SSL_IS_SERVER);
    if (!made) return NULL;
    if (mbedtls_ssl_conf_own_cert(&made->config, &chain->first, &key->key) != 0
        || mbedtls_ssl_ticket_setup(
               &made->tickets, random_bytes, NULL, MBEDTLS_CIPHER_AES_256_GCM, ticket_seconds)
               != 0) {
        cm_config_free(made);
        return NULL;
    }
    mbedtls_ssl_conf_session_tickets_cb(
        &made->config, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &made->tickets);
    return made;
}

cm_config *cm_config_client(cm_certificates *roots) {
    cm_config *made = config_new(MBEDTLS_SSL_IS_CLIENT);
    if (!made) return NULL;
    mbedtls_ssl_conf_authmode(&made->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&made->config, &roots->first, NULL);
#if defined(MBEDTLS_SSL_SESSION_TICKETS)
    mbedtls_ssl_conf_session_tickets(&made->config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
#endif
#if MBEDTLS_VERSION_NUMBER >= 0x03060100 && defined(MBEDTLS_SSL_PROTO_TLS1_3)
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        &made->config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
    return made;
}

void cm_config_free(cm_config *config) {
    if (!config) return;
    mbedtls_ssl_config_free(&config->config);
    mbedtls_ssl_ticket_free(&config->tickets);
    free(config);
}
