/* What the stub says: the events of one turn of the Responses API, and the documents of the other routes. */
#ifndef STUB_CONTENT_H
#define STUB_CONTENT_H

#include "bytes.h"
#include "digest.h"
#include "request.h"
#include "scenario.h"

/* Stands where the checksum of everything before it goes; the load generator recomputes it. */
#define TURN_CHECK_PLACE "%%%%%%%%%%%%%%%%"

struct turn {
    const struct scenario *scenario;
    struct facts facts;
    char id[64];
    long serial;
    long step;
    long sequence;
    long handshake; /* events before the first that is output */
    long events; /* deltas */
    struct check check;
    long written; /* events written so far */
    bool done_written;
};

void turn_begin(struct turn *t, const struct scenario *s, const struct facts *f, long serial);
/* Appends the next event; false when there is none. `is_final` tells a terminal event. */
bool turn_next(struct turn *t, struct bytes *out, bool *is_final);
/* The whole answer of `stream: false`. */
void turn_document(struct turn *t, struct bytes *out);
/* The response object of a terminal event or document, with usage and output as the scenario says. */
void turn_response(struct turn *t, struct bytes *out, const char *status);

void document_models(struct bytes *out);
void document_images(const struct scenario *s, const struct facts *f, struct bytes *out);
void document_search(struct bytes *out);
/* The error object of a failed response: `code=`, `type=`, `message=`, `resets_at=`, `resets_in=`. */
void document_error_object(const struct scenario *s, struct bytes *out);
/* The body of an error answer: `body=json|text|html|empty|detail`, `type=`, `ecode=`, `message=`. */
void document_error(const struct scenario *s, int status, struct bytes *out);

#endif
