/** Version of this program, as `node.info` and `--version` say it. */
export const softwareVersion = "0.1.0";
