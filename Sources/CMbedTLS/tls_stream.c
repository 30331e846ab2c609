#include "tls_internal.h"

#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

#if defined(MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH)
#error "record buffers may be smaller than MBEDTLS_SSL_IN_CONTENT_LEN: what is given back would be somebody else's"
#endif

static void give_back(unsigned char *buffer, size_t size) {
    static uintptr_t page;
    if (page == 0) page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)buffer + SMALL_RECORD + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)buffer + size) & ~(page - 1);
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}

static void give_back_input(cm_stream *stream) {
    mbedtls_ssl_context *ssl = &stream->ssl;
    if (ssl->FIELD(in_left) != 0 || mbedtls_ssl_check_pending(ssl)) return;
    // A handshake message of which a part is still to come (3.6.3): records are read behind it.
    if (ssl->FIELD(in_hdr) != ssl->FIELD(in_buf) + 8) return;
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
