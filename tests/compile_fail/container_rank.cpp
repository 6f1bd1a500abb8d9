// says: conversion: float64 of shape (-1,) | does not become float64 of shape | (-1, -1), where -1 is any: convert
#include <Eigen/Core>
#include <calx/calx.hpp>
int main() { Eigen::MatrixXd m = calx::array<double, 1>{1, 2}; }
