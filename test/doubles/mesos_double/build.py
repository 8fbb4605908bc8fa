"""The version information of the stand-ins. `build_user` identifies them as stand-ins."""
VERSION = '1.11.0'
BUILD = {
    'version': VERSION,
    'git_sha': '0' * 40,
    'git_tag': VERSION,
    'build_date': '2020-11-24 00:00:00',
    'build_time': 1606176000.0,
    'build_user': 'mesos-double',
}
