#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Installs the library into an empty prefix and uses it as a stranger would.

run.py SOURCE_ROOT: by pkg-config with each compiler, from two source files with different
instruction sets, as a Meson subproject, and in the ways of CMake.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

HERE = pathlib.Path(__file__).resolve().parent
WARNINGS = ["-Wall", "-Wextra", "-Werror"]


def run(*command, **options):
    """Runs a command; its output, or an error with all that it said."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=600,
                          **options)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def install(source, build, prefix):
    off = [f"-D{name}=false" for name in ("tests", "examples", "benchmarks")]
    run("meson", "setup", build, source, f"--prefix={prefix}", "-Dcuda=disabled", *off,
        env={**os.environ, "CXX": "g++"})
    run("meson", "install", "-C", build, "--no-rebuild")


class Installed:
    """What is checked of an installed library, one method a check."""

    def __init__(self, source, work):
        self.source, self.work, self.prefix = source, work, work / "prefix"
        install(source, work / "build", self.prefix)
        self.pc_files = sorted(self.prefix.rglob("calx*.pc"))
        self.env = {**os.environ, "PKG_CONFIG_PATH": str(self.pc_files[0].parent)}

    def flags(self, package="calx"):
        return run("pkg-config", "--cflags", "--libs", package, env=self.env).split()

    def check_files(self):
        """Every header is installed, and nothing but headers, .pc files and CMake's two."""
        want = {p.relative_to(self.source) for p in (self.source / "include").rglob("*.hpp")}
        files = {p.relative_to(self.prefix) for p in self.prefix.rglob("*") if p.is_file()}
        assert sorted(p.name for p in files if p.suffix == ".cmake") == [
            "calxConfig.cmake", "calxConfigVersion.cmake"]
        got = {p for p in files if p.suffix not in (".pc", ".cmake")}
        assert got == want, f"installed but not wanted, or wanted but not installed: {got ^ want}"

    def check_flags(self):
        """The budget of the constant evaluator is exported, and no instruction set."""
        assert [p.name for p in self.pc_files] == ["calx-clang.pc", "calx-gcc.pc", "calx.pc"]
        for pc in self.pc_files:
            for word in ("-march", "-m", "-std", "-O", "-W", "-f"):
                allowed = ("-fconstexpr-ops-limit=", "-fconstexpr-steps=", "-fbracket-depth=")
                bad = [f for f in self.flags(pc.stem)
                       if f.startswith(word) and not f.startswith(allowed)]
                assert not bad, f"{pc.name} exports {bad}"
        assert "-fconstexpr-ops-limit=2000000000" in self.flags()
        assert self.flags() == self.flags("calx-gcc")
        assert "-fconstexpr-steps=100000000" in self.flags("calx-clang")
        assert "-fbracket-depth=4096" in self.flags("calx-clang")

    def check_program(self):
        """A program outside compiles with pkg-config's flags alone, and is right."""
        for compiler, package in (("g++", "calx"), ("clang++-16", "calx-clang")):
            if not shutil.which(compiler):
                print(f"  {compiler} is not installed: its program is not compiled")
                continue
            exe = self.work / f"program-{compiler}"
            run(compiler, "-std=c++20", *WARNINGS, HERE / "program.cpp", "-o", exe,
                *self.flags(package))
            assert run(exe) == "12\n", run(exe)

    def check_two_instruction_sets(self):
        """Two files with other -m flags link into one program; neither runs the other's code."""
        machine = run("g++", "-dumpmachine")
        if not machine.startswith("x86_64"):
            print(f"  {machine.strip()} is not x86_64: it has no AVX2 to compile a file for")
            return
        wide, plain, exe = (self.work / n for n in ("wide.o", "plain.o", "two"))
        compile_it = ["g++", "-std=c++20", "-O1", *WARNINGS, *self.flags(), "-c"]
        run(*compile_it, "-mavx2", "-mfma", "-DPART=wide", HERE / "part.cpp", "-o", wide)
        run(*compile_it, "-DPART=plain", HERE / "part.cpp", "-o", plain)
        run(*compile_it, HERE / "two.cpp", "-o", self.work / "two.o")
        run("g++", self.work / "two.o", wide, plain, "-o", exe)
        symbols = [set(run("nm", "-C", "--defined-only", o).splitlines()) for o in (wide, plain)]
        names = [{s.split(maxsplit=2)[2] for s in one if "calx::" in s} for one in symbols]
        assert names[0] and names[1], "no symbols of calx in the objects"
        assert not names[0] & names[1], f"shared symbols: {sorted(names[0] & names[1])[:3]}"
        info = pathlib.Path("/proc/cpuinfo").read_text()
        if " avx2 " not in info or " fma " not in info:
            print("  this machine has no AVX2 and FMA: the program is linked, not run")
            return
        assert run(exe) == "ok\n", run(exe)

    def check_subproject(self):
        """A Meson project finds the library as a subproject under the name calx."""
        user = self.work / "user"
        (user / "subprojects").mkdir(parents=True)
        (user / "subprojects/calx").symlink_to(self.source)
        shutil.copy(HERE / "program.cpp", user)
        (user / "meson.build").write_text(
            "project('user', 'cpp', default_options: ['cpp_std=c++20'])\n"
            "calx = dependency('calx', fallback: 'calx', version: '>=0.1')\n"
            "executable('program', 'program.cpp', dependencies: calx)\n")
        run("meson", "setup", user / "build", user, "--force-fallback-for=calx")
        run("meson", "compile", "-C", user / "build")
        assert run(user / "build/program") == "12\n"

    def cmake(self, name, lines, *options, compiler="g++"):
        """Builds a CMake project that gets calx::calx by `lines`; its program, or None."""
        if not shutil.which("cmake") or not shutil.which(compiler):
            print(f"  cmake or {compiler} is not installed: nothing is built")
            return None
        user = self.work / name
        user.mkdir()
        shutil.copy(HERE / "program.cpp", user)
        (user / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.20)\nproject(user LANGUAGES CXX)\n" + lines +
            "\nadd_executable(program program.cpp)\n"
            "target_link_libraries(program PRIVATE calx::calx)\n")
        run("cmake", "-S", user, "-B", user / "build", "-G", "Ninja",
            f"-DCMAKE_CXX_COMPILER={compiler}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *options)
        run("cmake", "--build", user / "build")
        assert run(user / "build/program") == "12\n"
        return (user / "build/compile_commands.json").read_text()

    def check_cmake_package(self):
        """CMake finds the installed library, with each compiler, also where it has been moved."""
        moved = self.work / "moved"
        shutil.copytree(self.prefix, moved)
        for compiler, flag in (("g++", "-fconstexpr-ops-limit="), ("clang++-16", "-fconstexpr-steps=")):
            told = self.cmake(f"package-{compiler}", "find_package(calx 0.1 REQUIRED)",
                              f"-DCMAKE_PREFIX_PATH={moved}", compiler=compiler)
            if told:
                assert flag in told and "-march" not in told and str(self.prefix) not in told, told

    def check_cmake_version(self):
        """CMake refuses a version that the installed one may not stand for."""
        if not shutil.which("cmake"):
            print("  cmake is not installed: no version is asked for")
            return
        for asked in ("0.0.9", "0.2", "1.0"):
            try:
                self.cmake(f"version-{asked}", f"find_package(calx {asked} REQUIRED)",
                           f"-DCMAKE_PREFIX_PATH={self.prefix}")
            except AssertionError as error:
                assert "compatible" in str(error) and "not accepted" in str(error), error
            else:
                raise AssertionError(f"version {asked} was found")

    def check_cmake_subdirectory(self):
        """A CMake project takes the source tree as a subdirectory, and by FetchContent."""
        self.cmake("subdirectory", f"add_subdirectory({self.source} calx)")
        self.cmake("fetched", "include(FetchContent)\n"
                   f"FetchContent_Declare(calx SOURCE_DIR {self.source})\n"
                   "FetchContent_MakeAvailable(calx)")


def main(source):
    failed = passed = 0
    with tempfile.TemporaryDirectory() as work:
        installed = Installed(source, pathlib.Path(work))
        for name in [n for n in dir(installed) if n.startswith("check_")]:
            check = getattr(installed, name)
            try:
                check()
                passed += 1
                print(f"{name}: ok")
            except Exception:
                failed += 1
                print(f"{name}: {check.__doc__}\n{traceback.format_exc()}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
