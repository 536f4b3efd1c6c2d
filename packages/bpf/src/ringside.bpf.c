// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The one object: every subsystem in a file of its own, compiled as one unit. */
#include "process.bpf.c"
#include "file.bpf.c"
#include "network.bpf.c"
#include "syscall.bpf.c"
#include "load.bpf.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
