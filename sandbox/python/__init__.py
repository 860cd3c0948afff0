"""The Python child: policy, modules, zygote."""
