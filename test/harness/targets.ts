/** Represents the targets in the image that the user data enables. */
export const targets = ['leader', 'follower'].map(mode => ({
  path: `/etc/systemd/system/mesos-${mode}.target`,
  content: `[Unit]\nDescription=A double of the image's target\n[Install]\nWantedBy=multi-user.target\n`,
}))
