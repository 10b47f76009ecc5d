export { HttpError } from "./error.ts";
export const IS_BROWSER = typeof document !== "undefined";
