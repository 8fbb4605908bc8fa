/** EC2's limit in bytes, counted before base64 (EC2 User Guide, "Run commands at launch"). */
export const userDataLimit = 16_384
