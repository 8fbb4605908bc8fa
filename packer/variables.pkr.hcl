# What one bake is told. `npm run bake` writes all of it into one file, given with -var-file.

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
  description = "Of the machine, as Debian calls it."

  validation {
    condition     = contains(["amd64", "arm64"], var.architecture)
    error_message = "The architecture must be amd64 or arm64."
  }
}

variable "cgroups" {
  type        = string
  description = "What the kernel is booted with and the agent is told; a container has those of its host instead."

  validation {
    condition     = contains(["v1", "v2"], var.cgroups)
    error_message = "The cgroups must be v1 or v2."
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
  description = "What Debian doesn't have: consul and mesos; marathon and its java, if wanted. The kind is deb, tar or zip, the file is on this computer, and the version is empty when unknown."

  validation {
    condition     = contains(var.artifacts[*].name, "consul") && contains(var.artifacts[*].name, "mesos")
    error_message = "The artifacts must have a consul and a mesos."
  }
}

variable "packages_file" {
  type        = string
  description = "Where the list of the image's packages is put, on this computer: name, version and architecture."
}

variable "title" {
  type        = string
  description = "What EC2 calls the image; empty for one of its name, architecture and fingerprint."
  default     = ""
}

variable "region" {
  type        = string
  description = "Where the image is baked."
  default     = "us-east-1"
}

variable "source_ami" {
  type        = string
  description = "The image to start from: a Debian 12 of that architecture."
  default     = ""
}

variable "instance_type" {
  type        = string
  description = "Of the machine that bakes."
  default     = ""
}

variable "subnet_id" {
  type        = string
  description = "Of the machine that bakes; empty for one of the default VPC."
  default     = ""
}

variable "copy_regions" {
  type        = list(string)
  description = "Further regions that get a copy."
  default     = []
}

variable "deprecate_at" {
  type        = string
  description = "When EC2 marks the image as deprecated, as 2027-01-31T00:00:00Z; empty for never."
  default     = ""
}

variable "tags" {
  type        = map(string)
  description = "Tags of the image and of its snapshots."
  default     = {}
}

variable "run_tags" {
  type        = map(string)
  description = "Tags of all that is made only for the bake, so that what a killed one left can be found."
  default     = {}
}

variable "container_base" {
  type        = string
  description = "The image that the container image starts from: Debian 12."
  default     = "docker.io/library/debian:bookworm"
}

variable "container_tags" {
  type        = list(string)
  description = "Tags of the container image, which is named localhost/mesos-bakery/<name>."
  default     = ["latest"]
}
