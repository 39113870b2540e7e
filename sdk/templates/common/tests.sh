# What the plugin in build/ must do; read by test.sh.
dragoman() { command "${DRAGOMAN:-dragoman}" --plugin-path build "$@"; }
dragoman plugin check build/@MODULE@ samples/*
@reader@dragoman diff samples/harbor.@NAME@ samples/harbor.json
@writer@dragoman convert samples/harbor.json -t @NAME@ | cmp - samples/harbor.@NAME@
