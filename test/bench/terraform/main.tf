# Renders the user data of every follower in input.json, like cloud-init/follower.yaml.ejs. Uses locals and not
# resources, which would take ten times as long, so that only the rendering is measured.
locals {
  input = jsondecode(file("input.json"))
  user_data = {
    for node in local.input.nodes : node.name => templatefile("follower.yaml.tftpl", {
      cluster = local.input.cluster
      node    = node
      vars    = merge(local.input.vars, node.vars)
    })
  }
}

output "sha256" {
  value = { for name, text in local.user_data : name => sha256(text) }
}

output "sample" {
  value = { for name in slice(keys(local.user_data), 0, 3) : name => local.user_data[name] }
}
