/**
 * Makes subdivisions.csv from three files of the Unicode CLDR, see README.md for where they come from:
 *
 *     deno run --allow-read examples/make_subdivisions.ts FOLDER > examples/subdivisions.csv
 *
 * FOLDER holds the packages as `npm pack` gives them, each unpacked into a folder of its own name.
 */

interface Containment {
  readonly [container: string]: { readonly _contains: readonly string[] };
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(path));
}

/** `FR-69` for CLDR's `fr69`; a country's own code stays as it is. */
function isoCode(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? code : `${code.slice(0, 2)}-${code.slice(2)}`.toUpperCase();
}

function csvField(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Names outlive the divisions they named; only what something contains still exists. */
function rowsOf(
  contained: Containment,
  names: Readonly<Record<string, string>>,
  territories: Readonly<Record<string, string>>,
): string[][] {
  return Object.entries(contained).flatMap(([parent, { _contains }]) =>
    _contains.map((code) => [
      isoCode(code),
      names[code] ?? "",
      isoCode(parent),
      territories[code.slice(0, 2).toUpperCase()] ?? "",
    ])
  ).filter(([, name, , country]) => name !== "" && country !== "");
}

if (import.meta.main) {
  const folder = Deno.args[0] ?? ".";
  const names = await readJson(`${folder}/cldr-subdivisions-full/subdivisions/en/en.json`) as {
    subdivisions: { localeDisplayNames: { subdivisions: Record<string, string> } };
  };
  const territories = await readJson(`${folder}/cldr-localenames-full/main/en/territories.json`) as {
    main: { en: { localeDisplayNames: { territories: Record<string, string> } } };
  };
  const supplement = await readJson(`${folder}/cldr-core/supplemental/subdivisionContainment.json`) as {
    supplemental: { subdivisionContainment: Containment };
  };
  const rows = rowsOf(
    supplement.supplemental.subdivisionContainment,
    names.subdivisions.localeDisplayNames.subdivisions,
    territories.main.en.localeDisplayNames.territories,
  ).sort(([a = ""], [b = ""]) => a < b ? -1 : 1);
  const lines = [["code", "name", "parent", "country"], ...rows].map((row) => row.map(csvField).join(","));
  await new Blob([lines.join("\n"), "\n"]).stream().pipeTo(Deno.stdout.writable);
}
