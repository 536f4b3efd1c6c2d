#!/usr/bin/env node
/** Compiles the BPF programs: src/ringside.bpf.c → dist/ringside.bpf.o, one object. */
import { compile } from './compile.mjs'

compile('src/ringside.bpf.c', 'dist/ringside.bpf.o')
