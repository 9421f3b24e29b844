#include "frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "NAME;123;124;..." as it comes from the radio. */
int frame_parse(const char *line, struct frame *frame)
{
    char name[64];
    const char *end = strchr(line, ';');

    if (end == NULL || (size_t)(end - line) >= sizeof name)
        return -1;
    memcpy(name, line, (size_t)(end - line));
    name[end - line] = '\0';
    strcpy(frame->station, name);

    frame->count = 0;
    while (end != NULL && *end == ';' && frame->count < READINGS_MAX) {
        frame->readings[frame->count++] = (int32_t)strtol(end + 1, NULL, 10);
        end = strchr(end + 1, ';');
    }
    return frame->count;
}

/* The mean of the readings; the sum of 32 readings fits 64 bits. */
int32_t frame_level(const struct frame *frame)
{
    int64_t sum = 0;

    for (uint16_t at = 0; at < frame->count; at++)
        sum += frame->readings[at];
    return frame->count ? (int32_t)(sum / frame->count) : 0;
}

/* One line for the screen in the office, cut where it does not fit. */
int frame_describe(const struct frame *frame, char *text, size_t bytes)
{
    return snprintf(text, bytes, "%s: %d mm", frame->station, (int)frame_level(frame));
}
