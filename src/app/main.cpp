#include "app/command_line.hpp"

int main(int argc, char** argv) {
  using namespace inkan::app;
  return run(argc, argv, can_show_window() ? ShowWindow(show_window) : ShowWindow());
}
