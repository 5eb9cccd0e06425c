# Sets LIBTORCH_FOLDER (of the libraries; empty for the system's), LIBTORCH_INCLUDES,
# LIBTORCH_LIBRARIES and LIBTORCH_CXX11_ABI from MNEME_LIBTORCH.

set(root "${MNEME_LIBTORCH}")
if(root STREQUAL "python")
  execute_process(
    COMMAND python3 -c "import os, torch; print(os.path.dirname(torch.__file__))"
    OUTPUT_VARIABLE root OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "MNEME_LIBTORCH=python, but `python3 -c \"import torch\"` fails")
  endif()
endif()

if(root STREQUAL "")
  set(hints NO_CACHE)
else()
  set(hints PATHS "${root}" PATH_SUFFIXES lib include NO_DEFAULT_PATH NO_CACHE)
endif()
find_library(torch_cpu torch_cpu ${hints})
find_library(c10 c10 ${hints})
find_library(torch_cuda torch_cuda ${hints})
find_library(c10_cuda c10_cuda ${hints})
find_library(torch torch ${hints})
find_path(headers ATen/ATen.h ${hints})
if(NOT torch_cpu OR NOT c10 OR NOT headers)
  message(FATAL_ERROR
    "no libtorch with headers in '${root}': install libtorch-dev, or set MNEME_LIBTORCH to "
    "'python' or to a folder with include/ and lib/")
endif()

# A distribution's Python package keeps its libraries and headers in the system's folders.
set(LIBTORCH_FOLDER "")
if(NOT root STREQUAL "")
  get_filename_component(LIBTORCH_FOLDER "${torch_cpu}" DIRECTORY)
endif()
set(LIBTORCH_INCLUDES "${headers}" "${headers}/torch/csrc/api/include")

# The CUDA libraries register their kernels when they load; nothing here names a symbol of theirs.
set(LIBTORCH_LIBRARIES "${torch_cpu}" "${c10}")
if(torch_cuda AND c10_cuda)
  list(APPEND LIBTORCH_LIBRARIES -Wl,--no-as-needed "${torch_cuda}" "${c10_cuda}" "${torch}")
endif()

# Wheels before 2.6 were built with the old string layout and say so in their CMake files.
set(LIBTORCH_CXX11_ABI 1)
set(config "${LIBTORCH_FOLDER}/../share/cmake/Torch/TorchConfig.cmake")
if(LIBTORCH_FOLDER AND EXISTS "${config}")
  file(STRINGS "${config}" flags REGEX "_GLIBCXX_USE_CXX11_ABI=[01]")
  if(flags MATCHES "_GLIBCXX_USE_CXX11_ABI=([01])")
    set(LIBTORCH_CXX11_ABI ${CMAKE_MATCH_1})
  endif()
endif()
message(STATUS "libtorch: ${torch_cpu} (CUDA: ${torch_cuda}, new ABI: ${LIBTORCH_CXX11_ABI})")
