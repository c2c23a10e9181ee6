#!/usr/bin/env bash
# Everything on a machine with an NVIDIA GPU, in ten minutes: build, the laws on the GPU, compute-sanitizer, and the comparison with PyTorch.
#
#   benchmarks/device.sh --pack DIR     on a machine with the README's packages: fills DIR with what the build needs of them
#   benchmarks/device.sh [DIR]          on the machine with the GPU: nvcc, CMake, Ninja or make, g++ and, for the comparison, PyTorch; without DIR the
#                                       packages are taken from the system
#
# A step that fails is said, and the others go on. The end is a short table and one JSON line; the status is 0 where all laws held.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
started=$(date +%s)

pack() {
    local to=$1 libraries=/usr/lib/$(gcc -print-multiarch 2>/dev/null || gcc -dumpmachine)
    mkdir -p "$to/include" "$to/lib" "$to/share/cmake" "$to/lib/cmake"
    for name in nlohmann xtensor xtensor.hpp xtl xsimd eigen3 CLI boost jpeglib.h jconfig.h jmorecfg.h jpegint.h jerror.h png.h pngconf.h pnglibconf.h \
                libpng16 zlib.h zconf.h; do
        for from in /usr/include /usr/include/$(basename "$libraries"); do
            if [[ -e $from/$name ]]; then cp -rL "$from/$name" "$to/include/"; fi
        done
    done
    # Of Boost only what the tests read: the whole of it is large.
    find "$to/include/boost" -mindepth 1 -maxdepth 1 -type d ! -name test ! -name preprocessor ! -name mpl ! -name type_traits ! -name config \
        ! -name core ! -name bind ! -name smart_ptr ! -name function ! -name algorithm ! -name range ! -name iterator ! -name optional ! -name utility \
        ! -name detail ! -name assert ! -name move ! -name io ! -name integer ! -name exception ! -name container_hash ! -name concept ! -name functional \
        ! -name numeric ! -name mp11 ! -name describe ! -name tuple ! -name type_index ! -name timer ! -name regex ! -name predef ! -name cstdint \
        ! -name variant -exec rm -rf {} +
    for name in libboost_unit_test_framework libjpeg libturbojpeg libpng16 libpng libz; do
        cp -a "$libraries/$name".so* "$to/lib/" 2>/dev/null
    done
    cp -rL /usr/share/cmake/{nlohmann_json,xtl,CLI11} "$to/share/cmake/" 2>/dev/null
    cp -rL "$libraries"/cmake/{xtensor,xsimd} "$to/lib/cmake/" 2>/dev/null
    cp -rL /usr/share/eigen3 "$to/share/" 2>/dev/null
    du -sh "$to"
}

if [[ ${1-} == --pack ]]; then
    [[ -n ${2-} ]] || { echo "usage: device.sh --pack DIR" >&2; exit 2; }
    pack "$2"
    exit
fi
if [[ ${1-} == -* ]]; then sed -n '2,9p' "${BASH_SOURCE[0]}"; exit 2; fi

prefix=()
if [[ -n ${1-} ]]; then
    packed=$(cd "$1" && pwd) || exit 2
    prefix=("-DCMAKE_PREFIX_PATH=$packed" "-DBOOST_ROOT=$packed" -DBoost_NO_BOOST_CMAKE=ON "-DCMAKE_BUILD_RPATH=$packed/lib"
            "-DCMAKE_EXE_LINKER_FLAGS=-Wl,-rpath-link,$packed/lib")
    export LD_LIBRARY_PATH=$packed/lib:${LD_LIBRARY_PATH-}
fi
build=$root/build/device
mkdir -p "$build"
failed=0
say() { printf '\n== %s (after %d s)\n' "$*" $(($(date +%s) - started)); }
try() { "$@"; local status=$?; if ((status != 0)); then failed=1; echo "FAILED with status $status: $*"; fi; return $status; }

say "the machine"
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || echo "nvidia-smi does not answer"
nvcc --version | tail -2

say "build"
generator=(); command -v ninja >/dev/null && generator=(-G Ninja)
targets=(test_cuda_op test_cuda_train test_cuda_backend test_cuda_detect benchmark_device)
try cmake -S "$root" -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DMCFA_TEST_BUILDS=OFF -DMCFA_BUILD_EXAMPLES=OFF "${prefix[@]}" \
    >"$build/configure.log" 2>&1 || { tail -20 "$build/configure.log"; exit 1; }
grep mcfa::cuda "$build/configure.log"
names=(backend op train detect)
if grep -q 'mcfa::cuda: .*by cuDNN' "$build/configure.log"; then # the laws of convolutions without it, too
    names+=(without_cudnn)
    targets+=(test_cuda_without_cudnn)
fi
try cmake --build "$build" --parallel --target "${targets[@]}" >"$build/build.log" 2>&1 || { tail -30 "$build/build.log"; exit 1; }

say "the laws on the GPU"
laws=()
for name in "${names[@]}"; do
    program=$build/tests/cuda/test_cuda_$name
    timeout 100 "$program"
    status=$?
    case $status in
    0) laws+=("$name=held") ;;
    77) laws+=("$name=skipped"); failed=1 ;;
    *) laws+=("$name=FAILED"); failed=1 ;;
    esac
    echo "cuda_$name: ${laws[-1]#*=}"
done

say "compute-sanitizer"
sanitized=()
# Under a tool programs run many times slower: the tests of the backend and, of the laws, the gradients, which run every operation both ways.
sanitize() { # tool, seconds, program and its arguments
    local tool=$1 seconds=$2 log
    log=$build/$tool.$(basename "$3").log
    timeout "$seconds" "$sanitizer" --tool "$tool" --error-exitcode 9 "${@:3}" >"$log" 2>&1
    case $? in
    0) verdict=clean ;;
    124) verdict="cut short after $seconds s" ;;
    *) verdict=FAILED; failed=1; tail -5 "$log" ;;
    esac
    sanitized+=("$tool.$(basename "$3")=$verdict")
    echo "${sanitized[-1]}"
}
if sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null); then
    for tool in memcheck racecheck initcheck; do
        sanitize "$tool" 25 "$build/tests/cuda/test_cuda_backend"
        sanitize "$tool" 35 "$build/tests/cuda/test_cuda_op" --run_test='*/gradients*'
    done
else
    sanitized+=("compute-sanitizer=absent")
    echo "compute-sanitizer is not installed"
fi

say "ours"
timeout 90 "$build/benchmarks/device/ours" | tee "$build/ours.jsonl"
if ((PIPESTATUS[0] != 0)); then failed=1; echo "FAILED: the comparison's own half"; fi
say "PyTorch"
left=$((570 - ($(date +%s) - started))) # of ten minutes
: >"$build/pytorch.jsonl"
if python3 -c 'import torch' 2>/dev/null; then
    timeout $((left > 60 ? left : 60)) python3 "$root/benchmarks/device/pytorch.py" --seconds $((left > 120 ? left - 90 : 30)) | tee "$build/pytorch.jsonl"
else
    echo "PyTorch is not installed: no comparison"
fi

say "result"
notes=("gpu=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -1)" "date=$(date -u +%F)" "seconds=$(($(date +%s) - started))" "${laws[@]}" "${sanitized[@]}")
python3 "$root/benchmarks/device/table.py" "$build/ours.jsonl" "$build/pytorch.jsonl" "${notes[@]/#/--note=}"
exit $failed
