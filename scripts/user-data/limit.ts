/** The EC2 limit in bytes, before base64 encoding (EC2 User Guide, "Run commands at launch"). */
export const userDataLimit = 16_384
