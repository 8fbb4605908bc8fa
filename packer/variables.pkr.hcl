# The variables of a bake. `npm run bake` writes all of them to a file for -var-file.

variable "name" {
  type        = string
  description = "The name of the image, as in the inventory."
}

variable "fingerprint" {
  type        = string
  description = "The hash of everything that goes into the image."
}

variable "version" {
  type        = string
  description = "The version of mesos-bakery."
}

variable "architecture" {
  type        = string
  description = "The architecture of the machine, in Debian's terms: amd64 or arm64."

  validation {
    condition     = contains(["amd64", "arm64"], var.architecture)
    error_message = "The architecture must be amd64 or arm64."
  }
}

variable "cgroups" {
  type        = string
  description = "The cgroup version of the kernel, and of the flags of the agent. Containers use the cgroups of their host."

  validation {
    condition     = contains(["v1", "v2"], var.cgroups)
    error_message = "The cgroups variable must be v1 or v2."
  }
}

variable "artifacts" {
  type = list(object({
    name    = string
    kind    = string
    file    = string
    sha256  = string
    version = string
  }))
  description = "Software that Debian does not provide: consul and mesos, optionally marathon and its java. The kind is deb, tar or zip, the file is on this computer, and the version is empty if unknown."

  validation {
    condition     = contains(var.artifacts[*].name, "consul") && contains(var.artifacts[*].name, "mesos")
    error_message = "The artifacts must include consul and mesos."
  }
}

variable "packages_file" {
  type        = string
  description = "The path, on this computer, for the list of packages in the image: name, version and architecture."
}

variable "title" {
  type        = string
  description = "The name of the AMI. If empty, it consists of the name, architecture and fingerprint."
  default     = ""
}

variable "region" {
  type        = string
  description = "The region in which the image is baked."
  default     = "us-east-1"
}

variable "source_ami" {
  type        = string
  description = "The AMI to start from: Debian 12 for this architecture."
  default     = ""
}

variable "instance_type" {
  type        = string
  description = "The instance type of the build."
  default     = ""
}

variable "subnet_id" {
  type        = string
  description = "The subnet of the build. If empty, a subnet of the default VPC."
  default     = ""
}

variable "copy_regions" {
  type        = list(string)
  description = "Additional regions to copy the image to."
  default     = []
}

variable "deprecate_at" {
  type        = string
  description = "When EC2 marks the image as deprecated, for example 2027-01-31T00:00:00Z. If empty, never."
  default     = ""
}

variable "tags" {
  type        = map(string)
  description = "Tags of the image and its snapshots."
  default     = {}
}

variable "run_tags" {
  type        = map(string)
  description = "Tags of temporary resources, so that resources of a killed bake can be found."
  default     = {}
}

variable "container_base" {
  type        = string
  description = "The base image of the container image: Debian 12."
  default     = "docker.io/library/debian:bookworm"
}

variable "container_tags" {
  type        = list(string)
  description = "Tags of the container image localhost/mesos-bakery/<name>."
  default     = ["latest"]
}
