import { BadFileError } from "./bad_file.ts";

/** Makes a text from the fields of a row. */
export type ColumnText = (fields: readonly string[]) => string;

/**
 * Reads `form` as the name of a column, or else as a template in which `{name}` stands for a column's field.
 *
 * In a key made from several columns an empty one would make keys that collide, as `-01`; then there is no text.
 *
 * @throws BadFileError when it names a column that the file does not have.
 */
export function columnText(form: string, columns: readonly string[], file: string): ColumnText {
  const index = columns.indexOf(form);
  if (index !== -1) return (fields) => fields[index] ?? "";
  const parts = form.split(/\{([^{}]*)\}/);
  if (parts.length === 1) throw noColumn(form, columns, file);
  // split() alternates: text, name, text, name, text.
  const pieces = parts.map((part, place) => place % 2 === 0 ? part : placeOf(part, columns, file));
  return (fields) => {
    const texts = pieces.map((piece) => typeof piece === "string" ? piece : fields[piece] ?? "");
    return pieces.some((piece, place) => typeof piece === "number" && texts[place] === "")
      ? ""
      : texts.join("");
  };
}

function placeOf(name: string, columns: readonly string[], file: string): number {
  const index = columns.indexOf(name);
  if (index === -1) throw noColumn(name, columns, file);
  return index;
}

function noColumn(name: string, columns: readonly string[], file: string): BadFileError {
  const problem = `it has ${columns.join(", ")}`;
  return new BadFileError(
    "NO_COLUMN",
    file,
    1,
    problem,
    `Cannot find a column "${name}" in ${file}: ${problem}`,
  );
}
