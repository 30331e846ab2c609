/* One answer as bytes on the wire: head, transfer framing, and every way in which it can go wrong. */
#ifndef STUB_ANSWER_H
#define STUB_ANSWER_H

#include "content.h"
#include "digest.h"

enum framing { FRAMING_CHUNKED, FRAMING_LENGTH, FRAMING_CLOSE };

/* What the connection does when the bytes produced so far are written. */
enum produced {
    PRODUCED_MORE,  /* ask again */
    PRODUCED_PAUSE, /* ask again after `pause_us`; never when that is negative */
    PRODUCED_KEEP,  /* done; the next request may come */
    PRODUCED_CLOSE, /* done or cut; close with FIN */
    PRODUCED_RESET, /* cut; close with RST */
};

struct answer {
    const struct scenario *scenario;
    struct request *request;
    struct turn turn;
    struct bytes document; /* the content of an answer that is not an event stream */
    bool is_stream;
    int status;
    enum framing framing;
    enum { ANSWER_HEAD, ANSWER_CONTENT, ANSWER_END } phase;
    long serial;
    long pause_us;
    bool stalled;
    bool complete;  /* all of it was produced */
    bool is_logged; /* else nobody asks for the digest */
    long long content_bytes;
    struct sha256 content_digest;
};

void answer_begin(struct answer *a, const struct scenario *s, struct request *r, long serial);
enum produced answer_produce(struct answer *a, struct bytes *out);
void answer_free(struct answer *a);
/* Whether a real upstream would have generated something, and billed it: whatever is not a refusal. */
bool answer_is_generation(const struct answer *a);

/* faults.c: answers whose framing is broken on purpose (`broken;kind=...`). False for an unknown kind. */
bool fault_write(const struct scenario *s, struct bytes *out);

#endif
