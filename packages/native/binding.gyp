{
  "targets": [
    {
      "target_name": "ringside_native",
      "sources": [
        "src/addon.cc",
        "src/btf.cc",
        "src/buffer.cc",
        "src/cpu.cc",
        "src/drain.cc",
        "src/elsewhere.cc",
        "src/errors.cc",
        "src/map.cc",
        "src/object.cc",
        "src/perf.cc",
        "src/poller.cc",
        "src/program.cc",
        "src/reader.cc",
        "src/records/cursor.cc",
        "src/records/perfcursor.cc",
        "src/records/ringcursor.cc",
        "src/ring.cc",
        "src/ticker.cc",
        "src/waker.cc"
      ],
      "include_dirs": [
        "<!(node -p \"require('node-addon-api').include_dir\")",
        "<!(node vendor.mjs --print include)"
      ],
      "libraries": ["<!@(node vendor.mjs --print libraries)"],
      "defines": [
        "NAPI_VERSION=9",
        "NAPI_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        # A worker that is being terminated can neither be called nor thrown into: without this the process aborts.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "cflags": ["-fvisibility=hidden", "-Wall", "-Wextra", "-Wno-cast-function-type"],
      "cflags_cc": ["-std=c++17"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"]
    }
  ]
}
