#!/usr/bin/env node
/** Compiles what the programs are measured against: bench/bench.bpf.c → build/bench.bpf.o. */
import { compile } from '../compile.mjs'

compile('bench/bench.bpf.c', 'build/bench.bpf.o')
