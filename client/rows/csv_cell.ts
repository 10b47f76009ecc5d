/** How exported text is written into CSV cells, and read back from them. */

/**
 * What makes a spreadsheet take a cell for a formula, the wide forms of some keyboards included. Such a cell goes
 * behind an apostrophe, as spreadsheets themselves write "this is text" (and so does one that begins with one, to
 * be told apart).
 */
const formulaStart = /^['=+\-@\t\r\n＝＋－＠]/;
const guardedStart = /^'['=+\-@\t\r\n＝＋－＠]/;

/** One record of a table, ending included; RFC 4180 with CRLF. No field can be run as a formula. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => quoted(guarded(field))).join(",")}\r\n`;
}

function guarded(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text;
}

/** The text of a cell that `csvLine` wrote. */
export function unguarded(cell: string): string {
  return guardedStart.test(cell) ? cell.slice(1) : cell;
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
