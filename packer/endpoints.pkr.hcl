# For a stand-in for AWS, for example on this computer. `npm run bake` uses only the user name and the root device from
# here, for base images with different ones.

variable "ec2_endpoint" {
  type        = string
  description = "The URL of a stand-in for EC2. If set, region, metadata and credential checks are skipped."
  default     = ""
}

variable "ssh" {
  type = object({
    username = string
    host     = string
    port     = number
    key      = string
  })
  description = "How to connect to the instance: the user name and, instead of the address of the instance and a temporary key, a host, a port and a key file."
  default     = { username = "admin", host = null, port = 22, key = null }
}

variable "root_device" {
  type        = string
  description = "The device name of the root volume in the source image."
  default     = "/dev/xvda"
}
