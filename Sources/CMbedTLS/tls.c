#include "cmbedtls_tls.h"

#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/version.h>
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
#include <sys/mman.h>
#include <sys/random.h>

struct cm_certificates {
    mbedtls_x509_crt first;
};
struct cm_key {
    mbedtls_pk_context key;
};
struct cm_config {
    mbedtls_ssl_config config;
    mbedtls_ssl_ticket_context tickets;
    int is_server;
};
struct cm_session {
    mbedtls_ssl_session session;
};
struct cm_stream {
    mbedtls_ssl_context ssl;
    const unsigned char *input;
    size_t input_left;
    unsigned char *output;
    size_t output_left;
    size_t output_used;
    int faults;
    int input_ended;
    // Whether a record used more of the library's buffers than small ones do.
    int has_read_large, has_written_large;
};

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#define FIELD(name) MBEDTLS_PRIVATE(name)
#else
#define FIELD(name) name
#endif

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

// MARK: One connection

static int send_bytes(void *context, const unsigned char *bytes, size_t count) {
    cm_stream *stream = context;
    if (stream->output_left == 0) return MBEDTLS_ERR_SSL_WANT_WRITE;
    if (count > stream->output_left) count = stream->output_left;
    memcpy(stream->output + stream->output_used, bytes, count);
    stream->output_used += count;
    stream->output_left -= count;
    return (int)count;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t count) {
    cm_stream *stream = context;
    if (stream->input_left == 0) return stream->input_ended ? 0 : MBEDTLS_ERR_SSL_WANT_READ;
    if (count > stream->input_left) count = stream->input_left;
    memcpy(bytes, stream->input, count);
    stream->input += count;
    stream->input_left -= count;
    return (int)count;
}

// mbedTLS tells an unknown issuer and a self-signed certificate apart only by what they look like.
static int note_faults(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags) {
    cm_stream *stream = context;
    const mbedtls_x509_buf *issuer = &certificate->issuer_raw, *subject = &certificate->subject_raw;
    static const struct {
        uint32_t flag;
        int fault;
    } table[] = {
        {MBEDTLS_X509_BADCERT_EXPIRED, CM_FAULT_EXPIRED},
        {MBEDTLS_X509_BADCERT_FUTURE, CM_FAULT_NOT_YET_VALID},
        {MBEDTLS_X509_BADCERT_CN_MISMATCH, CM_FAULT_OTHER_HOST},
        {MBEDTLS_X509_BADCERT_REVOKED, CM_FAULT_REVOKED},
        {MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY
             | MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE
             | MBEDTLS_X509_BADCERT_NS_CERT_TYPE,
         CM_FAULT_WEAK},
    };
    uint32_t known = MBEDTLS_X509_BADCERT_NOT_TRUSTED;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        known |= table[i].flag;
        if (*flags & table[i].flag) stream->faults |= table[i].fault;
    }
    if (*flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
        int is_own_issuer = depth == 0 && issuer->len == subject->len
                            && memcmp(issuer->p, subject->p, issuer->len) == 0;
        stream->faults |= is_own_issuer ? CM_FAULT_SELF_SIGNED : CM_FAULT_UNKNOWN_ISSUER;
    }
    if (*flags & ~known) stream->faults |= CM_FAULT_OTHER;
    return 0;
}

cm_stream *cm_stream_new(cm_config *config, const char *host) {
    cm_stream *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    mbedtls_ssl_init(&made->ssl);
    if (mbedtls_ssl_setup(&made->ssl, &config->config) != 0
        || (host && mbedtls_ssl_set_hostname(&made->ssl, host) != 0)) {
        cm_stream_free(made);
        return NULL;
    }
    mbedtls_ssl_set_bio(&made->ssl, made, send_bytes, receive_bytes, NULL);
    if (host) mbedtls_ssl_set_verify(&made->ssl, note_faults, made);
    return made;
}

void cm_stream_free(cm_stream *stream) {
    if (!stream) return;
    mbedtls_ssl_free(&stream->ssl);
    free(stream);
}

void cm_stream_set_input(cm_stream *stream, const void *bytes, size_t count) {
    stream->input = bytes;
    stream->input_left = count;
}
void cm_stream_end_input(cm_stream *stream) { stream->input_ended = 1; }
size_t cm_stream_input_left(const cm_stream *stream) { return stream->input_left; }
void cm_stream_set_output(cm_stream *stream, void *bytes, size_t capacity) {
    stream->output = bytes;
    stream->output_left = capacity;
    stream->output_used = 0;
}
size_t cm_stream_output_used(const cm_stream *stream) { return stream->output_used; }

static int status_of(cm_stream *stream, int result) {
    switch (result) {
    case 0: return CM_TLS_OK;
    case MBEDTLS_ERR_SSL_WANT_READ: return CM_TLS_NEEDS_INPUT;
    case MBEDTLS_ERR_SSL_WANT_WRITE: return CM_TLS_NEEDS_ROOM;
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY: return CM_TLS_CLOSED;
    case MBEDTLS_ERR_SSL_CONN_EOF: return CM_TLS_TRUNCATED;
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE: return CM_TLS_REFUSED;
    case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED: return CM_TLS_UNTRUSTED;
#if MBEDTLS_VERSION_NUMBER >= 0x03060000 && defined(MBEDTLS_SSL_PROTO_TLS1_3)
    case MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET: return CM_TLS_NEW_SESSION;
#endif
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION:
    case MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE:
    case MBEDTLS_ERR_SSL_NO_APPLICATION_PROTOCOL:
#else
    case MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION:
    case MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN:
    case MBEDTLS_ERR_SSL_NO_USABLE_CIPHERSUITE:
#endif
        return CM_TLS_NOTHING_SHARED;
    default: return stream->faults ? CM_TLS_UNTRUSTED : CM_TLS_BROKEN;
    }
}

int cm_stream_handshake(cm_stream *stream) {
    stream->has_read_large = stream->has_written_large = 1;
    return status_of(stream, mbedtls_ssl_handshake(&stream->ssl));
}

// A connection has two buffers of 16 KiB, which records of the size of one event use the front of. The pages behind
// are given back when the other direction begins: behind a handshake, a request's content, an answer in large pieces.
// Who calls has seen that the buffer is empty.
enum { SMALL_RECORD = 1024 };

static void give_back(unsigned char *buffer, size_t size) {
    uintptr_t page = 4096, start = ((uintptr_t)buffer + SMALL_RECORD + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)buffer + size) & ~(page - 1);
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}

static void give_back_input(cm_stream *stream) {
    mbedtls_ssl_context *ssl = &stream->ssl;
    if (ssl->FIELD(in_left) != 0 || mbedtls_ssl_check_pending(ssl)) return;
    give_back(ssl->FIELD(in_buf), MBEDTLS_SSL_IN_CONTENT_LEN);
    stream->has_read_large = 0;
}

static void give_back_output(cm_stream *stream) {
    mbedtls_ssl_context *ssl = &stream->ssl;
    if (ssl->FIELD(out_left) != 0) return;
    give_back(ssl->FIELD(out_buf), MBEDTLS_SSL_OUT_CONTENT_LEN);
    stream->has_written_large = 0;
}

int cm_stream_read(cm_stream *stream, void *bytes, size_t capacity, size_t *count) {
    if (stream->has_written_large) give_back_output(stream);
    int result = mbedtls_ssl_read(&stream->ssl, bytes, capacity);
    *count = result > 0 ? (size_t)result : 0;
    // 2.28 says 0 for an input that has ended.
    if (result == 0) return CM_TLS_TRUNCATED;
    if (result < 0) return status_of(stream, result);
    if (*count + mbedtls_ssl_get_bytes_avail(&stream->ssl) > 4 * SMALL_RECORD) stream->has_read_large = 1;
    return CM_TLS_OK;
}

int cm_stream_write(cm_stream *stream, const void *bytes, size_t capacity, size_t *count) {
    if (stream->has_read_large) give_back_input(stream);
    int result = mbedtls_ssl_write(&stream->ssl, bytes, capacity);
    *count = result > 0 ? (size_t)result : 0;
    if (*count > 4 * SMALL_RECORD) stream->has_written_large = 1;
    return result >= 0 ? CM_TLS_OK : status_of(stream, result);
}

int cm_stream_close_notify(cm_stream *stream) {
    return status_of(stream, mbedtls_ssl_close_notify(&stream->ssl));
}
int cm_stream_faults(const cm_stream *stream) { return stream->faults; }

// MARK: Sessions

cm_session *cm_stream_session(const cm_stream *stream) {
    cm_session *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    mbedtls_ssl_session_init(&made->session);
    if (mbedtls_ssl_get_session(&stream->ssl, &made->session) == 0) return made;
    cm_session_free(made);
    return NULL;
}
void cm_stream_resume(cm_stream *stream, const cm_session *session) {
    // What cannot be resumed is a full handshake.
    (void)mbedtls_ssl_set_session(&stream->ssl, &session->session);
}
void cm_session_free(cm_session *session) {
    if (!session) return;
    mbedtls_ssl_session_free(&session->session);
    free(session);
}
