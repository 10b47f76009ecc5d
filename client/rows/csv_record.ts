/** Why a record is no CSV. */
export class CsvError extends Error {
  override readonly name = "CsvError";
  readonly code = "UNBALANCED_QUOTES";
}

/** No value may be longer than 1 MiB, so a quote that never closes is noticed before it has swallowed the file. */
const fieldCharsMax = 4 * 1024 * 1024;

/**
 * Reads the fields of one CSV record (RFC 4180) line by line, for a quoted field may span lines.
 *
 * Our own, because a bad row must be told by its true line and must not spoil the rows after it: csv-parse 7.0.3
 * counts a CRLF within quotes as two lines and takes the rest of the file for a part of the quote.
 */
export class CsvRecord {
  readonly #fields: string[] = [];
  /** What a quoted field holds so far; null outside of one. */
  #quoted: string | null = null;

  constructor(readonly delimiter: string) {}

  /**
   * Takes the next line. Gives the fields once the record is complete, null while a quoted field goes on.
   *
   * @throws CsvError when quotes stand where they may not.
   */
  take(line: string, ending: string): string[] | null {
    for (let at = 0;;) {
      if (this.#quoted === null && line[at] === '"') {
        this.#quoted = "";
        at++;
      }
      const end = this.#quoted === null ? this.#takeBare(line, at) : this.#takeQuoted(line, at, ending);
      if (end === null) return null;
      if (end === line.length) return this.#fields;
      at = end + this.delimiter.length;
    }
  }

  /** Takes a field without quotes; gives the place of the delimiter or line end after it. */
  #takeBare(line: string, at: number): number {
    const next = line.indexOf(this.delimiter, at);
    const end = next === -1 ? line.length : next;
    const field = line.slice(at, end);
    if (field.includes('"')) throw new CsvError("a quote stands inside a field that does not begin with one");
    this.#fields.push(field);
    return end;
  }

  /** The same from within quotes, where a doubled quote is one; null when the line ends first. */
  #takeQuoted(line: string, at: number, ending: string): number | null {
    let text = this.#quoted ?? "";
    for (;;) {
      const quote = line.indexOf('"', at);
      text += line.slice(at, quote === -1 ? line.length : quote);
      if (quote === -1) return this.#goOn(text + ending);
      at = quote + 2;
      if (line[quote + 1] !== '"') return this.#close(text, line, quote + 1);
      text += '"';
    }
  }

  #goOn(text: string): null {
    if (text.length > fieldCharsMax) throw new CsvError("a quoted field that begins here does not close");
    this.#quoted = text;
    return null;
  }

  #close(text: string, line: string, end: number): number {
    if (end !== line.length && !line.startsWith(this.delimiter, end)) {
      throw new CsvError("text follows the closing quote of a field");
    }
    this.#fields.push(text);
    this.#quoted = null;
    return end;
  }
}
