/** How a command ends, in the words of sysexits.h where it has one; docs and scripts rely on the numbers. */
export const exitCode = {
  ok: 0,
  /** The answer is "no": not found, condition not met, rows that failed. */
  negative: 1,
  usage: 64,
  /** The input is wrong; nothing was stored. */
  badData: 65,
  noInput: 66,
  unreachable: 69,
  /** The node answered something it should not. */
  software: 70,
  /** The output file cannot be made. */
  cannotCreate: 73,
  /** Try again later; a write may or may not have been stored. */
  temporary: 75,
  noPermission: 77,
} as const;

export type ExitCode = typeof exitCode[keyof typeof exitCode];

/** Ends the command with one line on stderr. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(readonly exit: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
