#!/bin/sh
# Makes what is handed out: a tarball, and where dpkg-deb is there a Debian package, in dist/.
#
#   sh packaging/package.sh [BINARY]
#
# Without BINARY the program is compiled for release first.
set -eu
cd "$(dirname "$0")/.."

fail() { printf '%s\n' "package: $*" >&2; exit 1; }

# The first such line of Cargo.toml is the package's own.
of_manifest() { sed -n "s/^$1 = \"\(.*\)\"$/\1/p" Cargo.toml | head -n 1; }

version=$(of_manifest version)
summary=$(of_manifest description)
system=$(uname -s | tr '[:upper:]' '[:lower:]')
machine=$(uname -m)
name=wattshift-$version-$system-$machine

if [ $# -gt 0 ]; then
    binary=$1
else
    cargo build --release --locked
    binary=${CARGO_TARGET_DIR:-target}/release/wattshift
fi
[ -x "$binary" ] || fail "there is no program at $binary"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Texts of the licences of every crate compiled in, each text once, with the crates it covers above it.
notices() {
    mkdir "$work/notices"
    cargo tree --locked --edges normal --prefix none --format '{p}|{l}' | sed 1d | sed 's/ (\*)$//' | sort -u |
        while IFS='|' read -r crate licence; do
            folder=$(echo "$crate" | sed 's/ v\([^ ]*\).*/-\1/')
            # HiGHS stands in a folder of the crate that compiles it.
            find "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$folder" -maxdepth 2 -type f \
                \( -iname 'licen[sc]e*' -o -iname 'copying*' -o -iname 'notice*' \) >"$work/texts"
            while read -r text; do
                key=$(cksum <"$text" | tr ' ' -)
                echo "$folder" >>"$work/notices/$key.crates"
                cp "$text" "$work/notices/$key.text"
            done <"$work/texts"
            [ -s "$work/texts" ] || echo "$folder: $licence" >>"$work/notices/none"
        done
    echo "Wattshift is made with the following. docs/licences.md says more."
    for crates in "$work"/notices/*.crates; do
        [ -f "$crates" ] || fail "no licence text was found; is the registry's source folder elsewhere?"
        printf '\n%s\n' ================================================================================
        sort -u "$crates"
        echo --------------------------------------------------------------------------------
        cat "${crates%.crates}.text"
    done
    if [ -f "$work/notices/none" ]; then
        printf '\n%s\n' ================================================================================
        echo "These come without a text of their own; the licence each names:"
        echo --------------------------------------------------------------------------------
        cat "$work/notices/none"
    fi
    for text in assets/fonts/OFL.txt assets/fonts/DejaVu-licence.txt; do
        printf '\n%s\n' ================================================================================
        echo "Fonts: $text"
        echo --------------------------------------------------------------------------------
        cat "$text"
    done
}

# What a desktop needs to know the program and its files, under a prefix such as /usr.
share() {
    install -D -m 644 packaging/wattshift.desktop "$1/share/applications/wattshift.desktop"
    install -D -m 644 packaging/wattshift.metainfo.xml "$1/share/metainfo/wattshift.metainfo.xml"
    install -D -m 644 packaging/wattshift-mime.xml "$1/share/mime/packages/wattshift.xml"
    install -D -m 644 packaging/wattshift.svg "$1/share/icons/hicolor/scalable/apps/wattshift.svg"
    install -D -m 644 packaging/wattshift.png "$1/share/icons/hicolor/256x256/apps/wattshift.png"
}

tarball() {
    folder=$work/$name
    mkdir -p "$folder/docs"
    install -m 755 "$binary" "$folder/wattshift"
    cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$folder"
    cp "$work/THIRD-PARTY.txt" "$folder"
    cp docs/*.md "$folder/docs"
    cp -R site_templates "$folder"
    [ "$system" = darwin ] || share "$folder"
    tar -C "$work" -czf "dist/$name.tar.gz" "$name"
    echo "dist/$name.tar.gz"
}

# The newest C library symbol the program uses is the oldest library it runs on.
libc_version() {
    objdump -T "$binary" | sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -t . -k 1,1n -k 2,2n | tail -n 1
}

debian_package() {
    root=$work/deb
    doc=$root/usr/share/doc/wattshift
    install -D -m 755 "$binary" "$root/usr/bin/wattshift"
    share "$root/usr"
    install -d "$doc" "$root/DEBIAN"
    cp README.md docs/licences.md docs/model.md "$doc"
    cat LICENSE-MIT LICENSE-APACHE "$work/THIRD-PARTY.txt" >"$doc/copyright"
    gzip -9n <CHANGELOG.md >"$doc/changelog.gz"
    chmod 644 "$doc"/*
    cat >"$root/DEBIAN/control" <<CONTROL
Package: wattshift
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: The Wattshift authors <wattshift@localhost>
Installed-Size: $(du -sk "$root/usr" | cut -f 1)
Section: science
Priority: optional
Depends: libc6 (>= $(libc_version)), libgcc-s1, libstdc++6, libegl1, libgl1, libwayland-client0, libwayland-egl1,
 libx11-6, libx11-xcb1, libxcb1, libxcursor1, libxi6, libxkbcommon0, libxkbcommon-x11-0
Recommends: mesa-vulkan-drivers, xdg-desktop-portal
Description: $summary
 Draw the site, say what you believe of the market and what customers offer;
 a linear program splits every megawatt between mining and hosting over time.
CONTROL
    file=dist/wattshift_${version}_$(dpkg --print-architecture).deb
    dpkg-deb --root-owner-group --build "$root" "$file" >/dev/null
    echo "$file"
}

mkdir -p dist
notices >"$work/THIRD-PARTY.txt"
tarball
if command -v dpkg-deb >/dev/null 2>&1 && command -v objdump >/dev/null 2>&1; then
    debian_package
fi
