# For a cloud that isn't AWS, such as a stand-in for it on this computer. `npm run bake` leaves these alone, but for
# the user's name and the volume, where a base image has its own.

variable "ec2_endpoint" {
  type        = string
  description = "Whom to ask instead of EC2; the checks of regions and metadata are skipped then."
  default     = ""
}

variable "ssh" {
  type = object({
    username = string
    host     = string
    port     = number
    key      = string
  })
  description = "How the machine is reached: the user's name, and if it isn't the instance's own address and a key made for it, a host, a port and the file of a key."
  default     = { username = "admin", host = null, port = 22, key = null }
}

variable "root_device" {
  type        = string
  description = "What the source image calls its root volume."
  default     = "/dev/xvda"
}
