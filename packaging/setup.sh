#!/bin/sh
# Installs the system packages that are missing, and says nothing where none is.
#
#   sh packaging/setup.sh GROUP…
#
#   build      what the HiGHS solver is compiled with: cmake, a C++ compiler, libclang
#   window     the libraries a window loads at run time; nothing where there is no display
#   pictures   Mesa's software Vulkan, on which picture tests draw the same everywhere
#   solvers    GLPK and CBC, second opinions on the exported linear programs
#   tools      Python with venv, through which `make check` fetches its checkers
set -eu

say() { printf '%s\n' "setup: $*" >&2; }
fail() { say "$@"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

if [ "$(uname -s)" = Darwin ]; then manager=brew
elif has apt-get; then manager=apt
elif has dnf; then manager=dnf
elif has pacman; then manager=pacman
else manager=unknown
fi

# need NAME APT DNF PACMAN BREW: notes a missing thing and the package that brings it; `-` = comes with the system.
need() {
    case ",$missing," in
        *", $1,"*) ;;
        *) missing="${missing:+$missing,} $1" ;;
    esac
    case $manager in
        apt) package=$2 ;;
        dnf) package=$3 ;;
        pacman) package=$4 ;;
        brew) package=$5 ;;
        *) package=- ;;
    esac
    case " $packages " in
        *" $package "*) ;;
        *) [ "$package" = - ] || packages="$packages $package" ;;
    esac
}

library() {
    case $libraries in
        *"$1"*) true ;;
        *) false ;;
    esac
}

any_file() {
    for file in "$@"; do
        [ ! -e "$file" ] || return 0
    done
    return 1
}

# bindgen needs the library (not libclang-cpp) and, to find stddef.h, the compiler's own headers.
libclang() {
    [ -z "${LIBCLANG_PATH:-}" ] || return 0
    if [ $manager = brew ]; then
        tools=$(xcode-select -p 2>/dev/null) || return 1
        any_file "$tools"/usr/lib/libclang.dylib "$tools"/Toolchains/*/usr/lib/libclang.dylib \
            /opt/homebrew/opt/llvm/lib/libclang.dylib /usr/local/opt/llvm/lib/libclang.dylib
    else
        { library libclang.so || library libclang-1 || library libclang-2 ||
            any_file /usr/lib*/llvm*/lib*/libclang.so* /usr/lib*/llvm*/lib*/libclang-[0-9]*.so*; } &&
            any_file /usr/lib*/clang/*/include/stddef.h /usr/lib*/llvm*/lib*/clang/*/include/stddef.h
    fi
}

look_for_build() {
    has cmake || need cmake cmake cmake cmake cmake
    has make || need make make make make -
    has c++ || has g++ || has clang++ || need 'C++ compiler' g++ gcc-c++ gcc -
    has cc || need 'C compiler' gcc gcc gcc -
    libclang || need libclang libclang-dev clang-devel clang llvm
}

look_for_window() {
    [ "$manager" != brew ] || return 0
    # A machine without a display opens no window.
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || return 0
    library libX11.so.6 || need libX11 libx11-6 libX11 libx11 -
    library libX11-xcb.so.1 || need libX11-xcb libx11-xcb1 libX11-xcb libx11 -
    library libxcb.so.1 || need libxcb libxcb1 libxcb libxcb -
    library libXcursor.so.1 || need libXcursor libxcursor1 libXcursor libxcursor -
    library libXi.so.6 || need libXi libxi6 libXi libxi -
    library libxkbcommon.so.0 || need libxkbcommon libxkbcommon0 libxkbcommon libxkbcommon -
    library libxkbcommon-x11.so.0 || need libxkbcommon-x11 libxkbcommon-x11-0 libxkbcommon-x11 libxkbcommon-x11 -
    library libwayland-client.so.0 || need libwayland-client libwayland-client0 libwayland-client wayland -
    library libwayland-egl.so.1 || need libwayland-egl libwayland-egl1 libwayland-egl wayland -
    library libEGL.so.1 || need libEGL libegl1 libglvnd-egl libglvnd -
    library libGL.so.1 || need libGL libgl1 libglvnd-glx libglvnd -
    library libvulkan.so.1 || need libvulkan libvulkan1 vulkan-loader vulkan-icd-loader -
    # Any driver will do; Mesa's works on every machine.
    any_file /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json ||
        need 'Vulkan driver' mesa-vulkan-drivers mesa-vulkan-drivers vulkan-swrast -
}

look_for_pictures() {
    [ "$manager" != brew ] || return 0
    library libvulkan.so.1 || need libvulkan libvulkan1 vulkan-loader vulkan-icd-loader -
    any_file /usr/share/vulkan/icd.d/lvp_icd*.json ||
        need "Mesa's software Vulkan" mesa-vulkan-drivers mesa-vulkan-drivers vulkan-swrast -
}

# GLPK and CBC read the exported linear program and must find the same optimum.
look_for_solvers() {
    has glpsol || need glpsol glpk-utils glpk-utils glpk glpk
    has cbc || need cbc coinor-cbc coin-or-Cbc coin-or-cbc cbc
}

look_for_tools() {
    python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || need 'Python 3 with venv' python3-venv python3 python python3
}

look() {
    missing=
    packages=
    libraries=
    if [ "$manager" != brew ]; then
        # ldconfig is not on everyone's path.
        libraries=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)
    fi
    for group in "$@"; do
        case $group in
            build) look_for_build ;;
            window) look_for_window ;;
            pictures) look_for_pictures ;;
            solvers) look_for_solvers ;;
            tools) look_for_tools ;;
            *) fail "there is no group \`$group\`; the groups are build, window, pictures, solvers and tools" ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif has sudo; then sudo "$@"
    elif has doas; then doas "$@"
    else fail "installing needs root, and there is no sudo; as root, install:$packages"
    fi
}

# The package names are words of one string.
# shellcheck disable=SC2086
install() {
    case $manager in
        apt)
            as_root apt-get update -q
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages
            ;;
        dnf) as_root dnf install -y $packages ;;
        # A machine that never fetched the list of packages cannot install any.
        pacman) as_root pacman -Sy --needed --noconfirm $packages ;;
        brew) brew install $packages ;;
    esac
}

if ! has cargo; then
    fail "Rust is missing; install it from https://rustup.rs and run the command again"
fi
look "$@"
[ -n "$missing" ] || exit 0

say "missing:$missing"
if [ "$manager" = unknown ]; then
    fail "this system has none of apt-get, dnf, pacman and brew; please install what is missing by hand"
fi
if [ "$manager" = brew ]; then
    xcode-select -p >/dev/null 2>&1 ||
        fail "Apple's command line tools are missing; run \`xcode-select --install\` and then this command again"
    has brew || fail "Homebrew is missing; install it from https://brew.sh and run the command again"
fi
if [ -n "$packages" ]; then
    say "installing with $manager:$packages"
    # What a package manager prints is no part of a command's output.
    install >&2
fi
look "$@"
[ -z "$missing" ] || fail "still missing:$missing"
say "done"
