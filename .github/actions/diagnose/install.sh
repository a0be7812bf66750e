#!/usr/bin/env bash
# Puts apisqs-doctor into a folder of its own and tells the next step where it
# is: from the release, checked against its checksums, or built from the source
# that this file belongs to.
set -euo pipefail

# die MESSAGE ends the step with an annotation.
die() {
	printf '::error title=apisqs-doctor could not be installed::%s\n' "$1"
	exit 3
}

source_root=$GITHUB_ACTION_PATH/../../..
folder=$(mktemp -d "$RUNNER_TEMP/apisqs-doctor.XXXXXX")

# release is the one that the workflow asks for, or else the tag by which it
# names the action. A tag that moves (v1, v1.2) stands on a release whose
# version the source holds. Nothing for a branch, a commit or a local action.
release() {
	local ref=${ACTION_REF#refs/tags/}
	if [ -n "$INPUT_VERSION" ]; then
		echo "v${INPUT_VERSION#v}"
	elif [[ $ref =~ ^v[0-9]+(\.[0-9]+)?$ ]]; then
		sed -n 's/^[[:space:]]*Version *= *"\(.*\)".*$/v\1/p' "$source_root/cmd/internal/cli/version.go"
	elif [[ $ref =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then
		echo "$ref"
	fi
}

# platform is the runner's, as archives are named; nothing when there is no archive for it.
platform() {
	case "$RUNNER_OS-$RUNNER_ARCH" in
	Linux-X64) echo linux_amd64 ;;
	Linux-ARM64) echo linux_arm64 ;;
	macOS-X64) echo darwin_amd64 ;;
	macOS-ARM64) echo darwin_arm64 ;;
	Windows-X64) echo windows_amd64 ;;
	Windows-ARM64) echo windows_arm64 ;;
	esac
}

# fetch NAME downloads a file of the release and prints the status of the answer.
fetch() {
	curl --silent --show-error --location --retry 3 --connect-timeout 20 --output "$folder/$1" --write-out '%{http_code}' "$from/$1"
}

# digest FILE is the SHA-256 of a file. The file is not named, because sha256sum
# changes its line for a name with a backslash, as paths have on Windows.
digest() {
	if command -v sha256sum >/dev/null; then
		sha256sum <"$1"
	else
		shasum -a 256 <"$1"
	fi | cut -d ' ' -f 1
}

# download installs the release, and fails when there is no such release.
download() {
	local status want archive=apisqs-doctor_$platform.tar.gz
	if [ "$RUNNER_OS" = Windows ]; then archive=apisqs-doctor_$platform.zip; fi
	status=$(fetch checksums.txt) || die "$from cannot be reached"
	if [ "$status" = 404 ]; then return 1; fi
	if [ "$status" = 200 ]; then status=$(fetch "$archive") || die "$from/$archive cannot be downloaded"; fi
	if [ "$status" != 200 ]; then die "$from/$archive cannot be downloaded: HTTP status $status"; fi
	want=$(awk -v name="$archive" '$2 == name { print $1 }' "$folder/checksums.txt")
	if [ -z "$want" ] || [ "$want" != "$(digest "$folder/$archive")" ]; then
		die "the SHA-256 of $archive is not the one in checksums.txt of release $version; it is not installed"
	fi
	case "$archive" in
	*.zip) unzip -q "$folder/$archive" "$program" -d "$folder" ;;
	*) tar -xzf "$folder/$archive" -C "$folder" "$program" ;;
	esac || die "$archive of release $version cannot be unpacked"
}

# build installs from the source. Settings for the caller's own Go code do not
# concern it.
build() {
	command -v go >/dev/null ||
		die "there is no release to download ($why) and no Go to build from source with: set the input version to a release, or let actions/setup-go run before"
	echo "building apisqs-doctor from source ($why)"
	(cd "$source_root" && GOFLAGS=-buildvcs=false GOWORK=off GOTOOLCHAIN=auto GOOS='' GOARCH='' go build -o "$folder/$program" ./cmd/apisqs-doctor) ||
		die "apisqs-doctor cannot be built from source"
}

program=apisqs-doctor
if [ "$RUNNER_OS" = Windows ]; then program=apisqs-doctor.exe; fi

version=$(release)
if ! [[ $version =~ ^[A-Za-z0-9.+-]*$ ]]; then die "the input version is not one of a release, such as v1.2.3"; fi
platform=$(platform)
from=$GITHUB_SERVER_URL/${ACTION_REPOSITORY:-$GITHUB_REPOSITORY}/releases/download/$version

if [ -z "$version" ]; then
	why="the action is not named by the tag of a release"
	build
elif [ -z "$platform" ]; then
	why="releases have no program for $RUNNER_OS on $RUNNER_ARCH"
	build
elif ! download; then
	if [ -n "$INPUT_VERSION" ]; then die "there is no release $version at $from"; fi
	why="there is no release $version"
	build
fi

"$folder/$program" version
printf 'program=%s\n' "$folder/$program" >>"$GITHUB_OUTPUT"
# The steps behind this one call it by its name: test, explain, fix.
if [ -n "${GITHUB_PATH:-}" ]; then printf '%s\n' "$folder" >>"$GITHUB_PATH"; fi
