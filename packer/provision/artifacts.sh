#!/usr/bin/env bash
# Installs software that Debian does not provide: Consul, Mesos, Marathon. Checksums are verified before anything is
# unpacked.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
cd /tmp/mesos-bakery/artifacts

check_sums() {
  local name kind sum file version
  while read -r name kind sum file version; do
    if [[ $(sha256sum "$file" | cut -d' ' -f1) != "$sum" ]]; then
      echo "artifacts: $name does not have sha256 $sum; it was changed during the upload" >&2
      return 1
    fi
  done <../artifacts.list
}

# The top directory of an archive: its only directory, unless that is a system directory.
top_of() {
  local entries
  mapfile -t entries < <(ls -A "$1")
  if ((${#entries[@]} == 1)) && [[ -d $1/${entries[0]} && ! ${entries[0]} =~ ^(bin|lib|opt|sbin|usr)$ ]]; then
    echo "$1/${entries[0]}"
  else
    echo "$1"
  fi
}

unpack() {
  local kind=$1 file=$2 folder=$3
  mkdir -p "$folder"
  case $kind in
    tar) tar --extract --no-same-owner --file "$file" --directory "$folder" ;;
    zip) unzip -q "$file" -d "$folder" ;;
  esac
}

install_package() {
  cp "$2" "/tmp/mesos-bakery/$1.deb" # apt requires this extension
  apt-get -qq install --no-install-recommends "/tmp/mesos-bakery/$1.deb" </dev/null >/dev/null
}

install_archive() {
  local name=$1 top
  unpack "$2" "$3" "/tmp/mesos-bakery/$name"
  top=$(top_of "/tmp/mesos-bakery/$name")
  case $name in
    consul) place_consul "$top" ;;
    mesos) place_mesos "$top" ;;
    marathon) place_in_opt "$top" /opt/marathon ;;
    java) place_in_opt "$top" /opt/marathon-java ;;
  esac
}

place_consul() {
  local program
  program=$(find "$1" -type f -name consul -print -quit)
  if [[ -z $program ]]; then
    echo 'artifacts: the archive of consul does not contain a file named consul' >&2
    return 1
  fi
  install -m 0755 "$program" /usr/local/bin/consul
}

place_mesos() {
  if [[ -d $1/usr ]]; then cp -r --preserve=mode,links "$1/." /; else cp -r --preserve=mode,links "$1/." /usr/local; fi
}

# Installs to a directory with the name of the archive's directory, which contains the version, and links to it.
place_in_opt() {
  local folder
  folder=/opt/mesos-bakery/$(basename "$1")
  mkdir -p "$folder"
  cp -r --preserve=mode,links "$1/." "$folder"
  ln -sfn "$folder" "$2"
}

# The Autotools build of Mesos creates this link, the CMake build does not. The default of the variable
# mesos_follower_cmd uses it.
link_slave() {
  local agent
  agent=$(command -v mesos-agent) || return 0
  [[ -e ${agent%agent}slave ]] || ln -s mesos-agent "${agent%agent}slave"
}

# Marathon uses its own Java if there is one, and a libmesos with Java bindings if there is one. If there is none,
# verify reports it.
describe_marathon() {
  local java=/usr/lib/jvm/default-java library
  local libraries=(/usr/lib /usr/local/lib '(' -name libmesos-java.so -o -name libmesos.so ')')
  [[ -d /opt/marathon ]] || return 0
  [[ -x /opt/marathon-java/bin/java ]] && java=/opt/marathon-java
  library=$(find "${libraries[@]}" -exec grep --quiet --text Java_org_apache_mesos {} ';' -print -quit)
  [[ -n $library ]] || library=$(find "${libraries[@]}" -print -quit)
  printf 'JAVA_HOME=%s\nMESOS_NATIVE_JAVA_LIBRARY=%s\n' "$java" "$library" >/etc/mesos-bakery/marathon-java.env
}

mkdir -p /etc/mesos-bakery
check_sums
while read -r name kind sum file version; do
  case $kind in
    deb) install_package "$name" "$file" ;;
    *) install_archive "$name" "$kind" "$file" ;;
  esac
  printf '%s\t%s\t%s\n' "$name" "$version" "$sum"
done <../artifacts.list >/usr/share/mesos-bakery/artifacts.tsv
ldconfig
link_slave
describe_marathon
