/** One of the two streams a command writes to. */
export interface Output {
  readonly isTerminal: boolean;
  write(text: string | Uint8Array): void;
}

/** A file that nobody sees by its name before it is whole. */
export interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Gives it its name, in place of a file that has it. */
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/** What a command may use of the world around it; tests bring their own. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of stdin. */
  readStdin(): Promise<Uint8Array<ArrayBuffer>>;
  /** @throws Deno.errors.NotFound and its like. */
  openFile(path: string): Promise<ReadableStream<Uint8Array>>;
  /** @throws Deno.errors.NotFound and its like. */
  createFile(path: string): Promise<NewFile>;
  env(name: string): string | undefined;
  /** Milliseconds on a clock that never jumps. */
  now(): number;
}

const encoder = new TextEncoder();

export const processTerminal: Terminal = {
  stdout: outputTo(Deno.stdout),
  stderr: outputTo(Deno.stderr),
  readStdin: () => new Response(Deno.stdin.readable).bytes(),
  openFile: async (path) => (await Deno.open(path)).readable,
  createFile,
  env: (name) => Deno.env.get(name),
  now: () => performance.now(),
};

async function createFile(path: string): Promise<NewFile> {
  const partPath = `${path}.part`;
  const file = await Deno.open(partPath, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  return {
    write: (bytes) => writer.write(new Uint8Array(bytes)),
    async keep() {
      await writer.close();
      await Deno.rename(partPath, path);
    },
    async discard() {
      await writer.close();
      await Deno.remove(partPath);
    },
  };
}

function outputTo(stream: typeof Deno.stdout): Output {
  return {
    isTerminal: stream.isTerminal(),
    write(text) {
      let rest = typeof text === "string" ? encoder.encode(text) : text;
      while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
    },
  };
}
