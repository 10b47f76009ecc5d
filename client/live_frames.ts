/** What travels over a node's `/api/ws`, for programs and pages that watch it (docs/live.md). */
export * from "../core/live/frames.ts";
export * from "../core/live/topics.ts";
