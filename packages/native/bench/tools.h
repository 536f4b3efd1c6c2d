/* SPDX-License-Identifier: Apache-2.0 */
/* What the benchmark's programs share: they are told of BPF programs and maps by their ids, and answer in JSON. */
#ifndef RINGSIDE_BENCH_TOOLS_H
#define RINGSIDE_BENCH_TOOLS_H

#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ull

__attribute__((noreturn, format(printf, 1, 2))) static inline void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* CLOCK_MONOTONIC, or the CPU time of the thread or the process. */
static inline uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static inline uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	if (end == text || *end)
		die("%s is not a number", text);
	return value;
}

/* cpu < 0: stays where it is. */
static inline void pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("cannot run on CPU %d: %s", cpu, strerror(errno));
}

/* Whoever has started this measures from here on: what the start costs is not part of it. */
static inline void wait_for_go(void)
{
	char go;

	if (write(STDOUT_FILENO, "ready\n", 6) != 6 || read(STDIN_FILENO, &go, 1) != 1)
		die("nobody waits for this");
}

/* Events that are due after so long at a rate. Waits by spinning: a sleep would make bursts. */
struct pace {
	uint64_t start;
	uint64_t per_second;	/* 0: no wait */
};

static inline void pace_wait(const struct pace *pace, uint64_t made)
{
	if (!pace->per_second)
		return;
	while (now_ns(CLOCK_MONOTONIC) - pace->start < made * NS_PER_S / pace->per_second)
		;
}

#endif
