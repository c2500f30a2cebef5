#include "app/command_line.hpp"

int main(int argc, char** argv) { return inkan::app::run(argc, argv); }
