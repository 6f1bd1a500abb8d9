// says: conversion: float64 of shape (-1,) | does not become float64 of shape | (-1, -1), where -1 is any
#include <vector>
#include <calx/calx.hpp>
int main() { calx::array<double, 2> m(std::vector<double>{1, 2}); }
