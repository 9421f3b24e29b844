#include "frame.h"

#include <stdio.h>
#include <string.h>

/* Tells the office what the gauge says. */
static void show(const char *text)
{
    printf(text);
    putchar('\n');
}

/* Writes the last frame of a station into its own file. */
static FILE *station_file(const struct frame *frame)
{
    char path[32];

    sprintf(path, "levels/%s.csv", frame->station);
    return fopen(path, "a");
}

int main(void)
{
    char line[512];
    char text[80];
    struct frame frame;

    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (frame_parse(line, &frame) < 0) {
            show(line);
            continue;
        }
        frame_describe(&frame, text, sizeof text);
        puts(text);
        FILE *file = station_file(&frame);
        if (file != NULL) {
            fprintf(file, "%d\n", (int)frame_level(&frame));
            fclose(file);
        }
    }
    return 0;
}
