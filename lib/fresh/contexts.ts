import { createContext } from "preact";

/**
 * Where an element that belongs into `<head>` stands: within a page's `<Head>`, from which it has to be moved, in
 * the real one, or elsewhere.
 */
export type HeadSpot = "moved" | "document" | "elsewhere";

export const HeadSpotContext = createContext<HeadSpot>("elsewhere");

/** Whether an island is around: what it renders itself is not one again. */
export const WithinIslandContext = createContext(false);
