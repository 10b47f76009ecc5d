/** In the address of a static file: the build it belongs to, so that it may be kept for ever. */
export const assetParameter = "__frsh_c";
