#ifndef HARBOUR_FRAME_H
#define HARBOUR_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define STATION_BYTES 16
#define READINGS_MAX 32

/* What the gauge in the water sends: its name, then readings in millimetres. */
struct frame {
    char station[STATION_BYTES];
    uint16_t count;
    int32_t readings[READINGS_MAX];
};

int frame_parse(const char *line, struct frame *frame);
int32_t frame_level(const struct frame *frame);
int frame_describe(const struct frame *frame, char *text, size_t bytes);

#endif
