/* TLS 1.2 with one cipher for all: what is compared is the proxies, not what they happen to prefer. */
#include "wire.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

static const char cipher[] = "ECDHE-ECDSA-AES128-GCM-SHA256";
static SSL_CTX *server, *client;
static SSL_SESSION *kept;
static bool resumes;

static SSL_CTX *context(const SSL_METHOD *method) {
    SSL_CTX *made = SSL_CTX_new(method);
    if (!made) return NULL;
    SSL_CTX_set_max_proto_version(made, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(made, cipher);
    SSL_CTX_set1_groups_list(made, "P-256");
    SSL_CTX_set_mode(made,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return made;
}

bool wire_serve_tls(const char *certificate, const char *key) {
    server = context(TLS_server_method());
    return server && key && SSL_CTX_use_certificate_chain_file(server, certificate) == 1 &&
           SSL_CTX_use_PrivateKey_file(server, key, SSL_FILETYPE_PEM) == 1;
}

static int keep_session(SSL *tls, SSL_SESSION *session) {
    (void)tls;
    if (kept) SSL_SESSION_free(kept);
    kept = session;
    return 1; /* the reference is ours */
}

bool wire_call_tls(const char *authority, bool resume) {
    client = context(TLS_client_method());
    if (!client || SSL_CTX_load_verify_locations(client, authority, NULL) != 1) return false;
    SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
    resumes = resume;
    SSL_CTX_set_session_cache_mode(client,
                                   resume ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
    SSL_CTX_sess_set_new_cb(client, keep_session);
    return true;
}

static struct wire over(SSL_CTX *settings, int fd) {
    struct wire w = {.fd = fd};
    if (!settings) return w;
    w.tls = SSL_new(settings);
    SSL_set_fd(w.tls, fd);
    return w;
}

struct wire wire_accepted(int fd) {
    struct wire w = over(server, fd);
    if (w.tls) SSL_set_accept_state(w.tls);
    return w;
}

struct wire wire_called(int fd) {
    struct wire w = over(client, fd);
    if (!w.tls) return w;
    SSL_set_tlsext_host_name(w.tls, "localhost");
    if (resumes && kept) SSL_set_session(w.tls, kept);
    SSL_set_connect_state(w.tls);
    return w;
}

/* OpenSSL's result as that of a system call. */
static ssize_t result(struct wire *w, int done) {
    if (done > 0) return done;
    int fault = SSL_get_error(w->tls, done);
    if (fault == SSL_ERROR_ZERO_RETURN) return 0;
    errno = fault == SSL_ERROR_WANT_READ || fault == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
    return -1;
}

ssize_t wire_send(struct wire *w, const void *data, size_t length) {
    if (!w->tls) return write(w->fd, data, length);
    ERR_clear_error();
    int done = SSL_write(w->tls, data, (int)(length < 1 << 30 ? length : 1 << 30));
    w->wants_input = done <= 0 && SSL_get_error(w->tls, done) == SSL_ERROR_WANT_READ;
    return result(w, done);
}

ssize_t wire_recv(struct wire *w, void *data, size_t length) {
    if (!w->tls) return read(w->fd, data, length);
    ERR_clear_error();
    return result(w, SSL_read(w->tls, data, (int)(length < 1 << 30 ? length : 1 << 30)));
}

void wire_end(struct wire *w) {
    if (!w->tls) return;
    SSL_set_quiet_shutdown(w->tls, 0);
    SSL_shutdown(w->tls);
    SSL_free(w->tls);
    w->tls = NULL;
}
