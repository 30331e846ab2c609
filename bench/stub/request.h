/* One request as it arrived: head, body, and the facts in the body that an answer depends on. */
#ifndef STUB_REQUEST_H
#define STUB_REQUEST_H

#include "bytes.h"

enum { REQUEST_FIELDS = 128 };

struct field {
    const char *name;
    const char *value;
};

struct request {
    const char *side;  /* which upstream the stub plays, for words that are meant for one alone */
    struct bytes head; /* as received; cut into strings by request_parse_head */
    const char *method, *target, *version;
    struct field fields[REQUEST_FIELDS];
    int field_count;

    bool chunked;
    long long content_length; /* 0 when the head states none */
    long long chunk_left;     /* chunked: bytes of the present chunk still to come; -1 before a size line */
    bool chunk_end;           /* chunked: the last chunk was seen */
    bool body_complete;
    struct bytes body; /* content, without transfer framing */
};

/* Takes the head off `in`. 1 when complete, 0 when more bytes are needed, -1 when it is not HTTP. */
int request_parse_head(struct request *r, struct bytes *in);
/* Takes body bytes off `in`; false when the framing is broken. */
bool request_take_body(struct request *r, struct bytes *in);
const char *request_field(const struct request *r, const char *name);
bool request_wants_close(const struct request *r);
void request_free(struct request *r);

struct facts {
    char model[128];
    char tier[32];
    bool stream;
    bool has_tool_output; /* after the scenario's words, or anywhere when there are none */
    bool has_reasoning;   /* an item that was encrypted for whoever made it */
    long image_count;
};
void request_facts(const struct request *r, struct facts *f);
/* The field `x-stub-SIDE`, else `x-stub`, or NULL. */
const char *request_field_scenario(const struct request *r);
/* The text inside the last `[stub-SIDE:...]` of the body, else the last `[stub:...]`, or NULL. */
const char *request_body_scenario(const struct request *r, size_t *length);

#endif
