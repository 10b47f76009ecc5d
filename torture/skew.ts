/** Where Debian's package `faketime` puts the library, by architecture. */
const folders = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((name) => `/usr/lib/${name}/faketime`);
/** For programs with threads. */
const libraryName = "libfaketimeMT.so.1";

/** Path of libfaketime; null when it is not installed. */
export function findFaketime(): string | null {
  return folders.map((folder) => `${folder}/${libraryName}`).find(isFile) ?? null;
}

/** A node's clock, which can be put forward or back while the node runs. Timers keep the right pace. */
export class FakeClock {
  constructor(readonly library: string, readonly path: string) {
    this.set(0);
  }

  set(offsetMs: number): void {
    const seconds = (offsetMs / 1_000).toFixed(3);
    Deno.writeTextFileSync(this.path, offsetMs < 0 ? seconds : `+${seconds}`);
  }

  get env(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.path,
      // The file is read anew each time: 4 µs for each look at the clock.
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    };
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
